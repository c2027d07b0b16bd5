"""Daily shop and account figures over eight weeks, and the service tickets."""

# ruff: noqa: DTZ001 - the whole story is told on one wall clock, Asia/Shanghai

import math
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from make.volume import intensity

Row = dict[str, Any]
FIRST_DAY, LAST_DAY = date(2026, 6, 29), date(2026, 8, 23)
WEEKDAY = (0.94, 0.92, 0.95, 0.97, 1.05, 1.36, 1.31)
PROMO = {date(2026, 7, 18): 1.9, date(2026, 7, 19): 1.75, date(2026, 8, 8): 1.85}
DIP = {
    date(2026, 8, 12): 0.99,
    date(2026, 8, 13): 0.66,
    date(2026, 8, 14): 0.62,
    date(2026, 8, 15): 0.68,
    date(2026, 8, 16): 0.74,
    date(2026, 8, 17): 0.77,
    date(2026, 8, 18): 0.80,
    date(2026, 8, 19): 0.82,
    date(2026, 8, 20): 0.82,
    date(2026, 8, 21): 0.84,
    date(2026, 8, 22): 0.85,
    date(2026, 8, 23): 0.86,
}
"""Planted share of ordinary sales left, by day; its mean from 13 to 23 August is about -24 %."""
REFUND_LIFT = {13: 5.5, 14: 7.2, 15: 6.8, 16: 6.0, 17: 4.2, 18: 3.1, 19: 2.4, 20: 2.0, 21: 1.8, 22: 1.6, 23: 1.5}
FOLLOWER_NET = {12: -310, 13: -1820, 14: -1640, 15: -760, 16: -380, 17: -190, 18: -60, 19: 15, 20: 40, 21: 62, 22: 88, 23: 95}
POINTS = (
    ("店铺", "销量", "units", "件"),
    ("店铺", "销售额", "sales", "元"),
    ("店铺", "订单", "orders", "单"),
    ("店铺", "支付买家数", "buyers", "人"),
    ("店铺", "退款", "refunds", "元"),
    ("店铺", "访客数", "visitors", "人"),
    ("账号", "曝光", "impressions", "次"),
    ("账号", "观看量", "views", "次"),
    ("账号", "新增粉丝", "gained", "人"),
    ("账号", "掉粉", "lost", "人"),
    ("账号", "净增粉丝", "net", "人"),
)
"""Daily figures: about what, name, field, unit."""


def daily(chance: Random) -> list[Row]:
    """One row a day: units, sales (yuan), orders, buyers, refunds (yuan), visitors; followers gained, lost, net."""
    rows: list[Row] = []
    day, total = FIRST_DAY, 481_300
    while day <= LAST_DAY:
        left = DIP.get(day, 1.0)
        units = round(322 * WEEKDAY[day.weekday()] * PROMO.get(day, 1.0) * left * math.exp(chance.gauss(0, 0.045)))
        orders = round(units / chance.uniform(1.09, 1.15))
        sales = round(units * chance.uniform(151.0, 158.5), 2)
        crisis = day.month == 8 and day >= date(2026, 8, 12)
        refund_lift = REFUND_LIFT.get(day.day, 1.3) if crisis else 1.0
        refunds = round(sales * chance.uniform(0.028, 0.041) * refund_lift / left, 2)
        gained = round(chance.uniform(150, 230) * (1.35 if day.weekday() >= 5 else 1.0) * (0.8 if crisis else 1.0))
        lost = gained - FOLLOWER_NET[day.day] if crisis else round(chance.uniform(38, 70))
        total += gained - lost
        rows.append(
            {
                "date": day,
                "units": units,
                "orders": orders,
                "sales": sales,
                "buyers": round(orders * 0.97),
                "refunds": refunds,
                "visitors": round(orders / chance.uniform(0.031, 0.038)),
                "gained": gained,
                "lost": lost,
                "net": gained - lost,
                "followers": total,
                "impressions": round(gained * chance.uniform(310, 420) * (3.1 if 13 <= day.day <= 16 and crisis else 1.0)),
                "views": 0,
            }
        )
        rows[-1]["views"] = round(rows[-1]["impressions"] * chance.uniform(0.12, 0.16))
        day += timedelta(days=1)
    return rows


def follower_readings(days: list[Row]) -> list[list[str]]:
    """热度快照 rows of the account's followers, read at the end of some days."""
    read_on = {date(2026, 7, 26), *(date(2026, 8, day) for day in (9, 11, 13, 15, 17, 20, 23))}
    return [[f"{row['date']} 23:50", "小红书", "账号", "苜屿厨房", "粉丝数", str(row["followers"]), ""] for row in days if row["date"] in read_on]


def shop_points(days: list[Row]) -> list[Row]:
    """The daily figures as 指标 rows of incident.csv."""
    points: list[Row] = []
    for row in days:
        for place, name, field, unit in POINTS:
            value = f"{row[field]:.2f}" if unit == "元" else str(row[field])
            points.append({"记录": "指标", "时间": str(row["date"]), "平台": "小红书", "对象": place, "指标": name, "数值": value, "累计": "否", "单位": unit})
    return points


def tickets(chance: Random, story: dict[str, Any], count: int = 404) -> list[Row]:
    """Service cases from the evening of the first note to 20 August; about four of five solved within 24 hours."""
    start = datetime(2026, 8, 12, 20, 40)
    hours = [start + timedelta(hours=i) for i in range(172)]
    weights = [intensity(at) * (1.0 if at < datetime(2026, 8, 17) else 0.45) * (0.35 if at < datetime(2026, 8, 13, 0, 30) else 1.0) for at in hours]
    opened = sorted(at + timedelta(seconds=chance.randrange(3600)) for at in chance.choices(hours, weights, k=count))
    rows: list[Row] = []
    for number, at in enumerate(opened, start=1):
        early = at < datetime(2026, 8, 13, 22, 40)
        reply = at + timedelta(seconds=int(60 * math.exp(chance.gauss(math.log(38 if early else 7), 0.9))))
        roll = chance.random()
        within = 0.70 if early else 0.86
        topic = chance.choices([t for t, _ in story["topics"]], [w for _, w in story["topics"]])[0]
        if topic == "健康与检查费":
            within -= 0.12
        closed = None
        if roll < within:
            closed = reply + timedelta(seconds=int(chance.uniform(0.3, 20.0) * 3600 * chance.random() ** 0.5))
            closed = min(closed, at + timedelta(hours=23, minutes=40))
        elif roll < within + 0.13:
            closed = at + timedelta(seconds=int(chance.uniform(25, 92) * 3600))
        channel = chance.choices([c for c, _ in story["channels"]], [w for _, w in story["channels"]])[0]
        if channel == "小圆锅专线" and at < datetime(2026, 8, 13, 0, 30):
            channel = "店铺会话"
        happy = (
            ""
            if closed is None or chance.random() < 0.45
            else str(chance.choices([1, 2, 3, 4, 5], [6, 7, 15, 32, 40] if closed - at < timedelta(hours=24) else [25, 22, 26, 18, 9])[0])
        )
        rows.append(
            {
                "记录": "工单",
                "编号": f"GD20260812{number:04d}",
                "时间": f"{at}",
                "首响时间": f"{reply}",
                "关闭时间": f"{closed}" if closed else "",
                "渠道": channel,
                "主题": topic,
                "是否解决": "是" if closed else "否",
                "满意度": happy,
            }
        )
    return rows
