"""Inputs of a scorecard from plain numbers, as the worked examples of the rubric give them."""

from collections.abc import Mapping
from typing import Any

from review.analysis.indicators import Coded, Input, Leadership, Measured, Missing, NotApplicable, ServiceRate


def inputs_from(given: Mapping[str, Any]) -> dict[str, Input]:
    """One input an indicator; null = missing, 不适用 = not applicable."""

    def number(value: Any) -> Input:
        if value == "不适用":
            return NotApplicable(reason="declared")
        return Missing(reason="not_measured") if value is None else Measured(value=float(value))

    neg = given["neg"]
    normal: Input = number(given["normal_h"])
    if given["normal_h"] is None:
        normal = Missing(reason="not_back", best=given["data_end_h"])
    return {
        "first_response": number(given["first_response_h"]),
        "formal_plan": number(given["formal_plan_h"]),
        "activation": number(given["activation_h"]),
        "solution": number(given["solution_items"]),
        "strategy_match": Coded(value=given["strategy"]),
        "sincerity": number(given["sincerity_rating"]),
        "transparency": number(given["transparency_items"]),
        "kol": number(given["kol_verified"]),
        "service": ServiceRate(share=given["resolve_24h"], channel_opened=given["channel_opened"]),
        "updates": number(given["longest_gap_h"]),
        "consistency": number(given["contradictions"]),
        "lead": Leadership(lead=given["lead"], departments=given["departments"]),
        "recovery": Measured(value=(neg["peak"] - neg["end"]) / (neg["peak"] - neg["base"])),
        "back_to_normal": normal,
        "attribution": Coded(value=given["attribution"]),
        "rebound": number(given["rebounds"]),
        "sales": number(given["sales_change"]),
        "followers": number(given["follower_loss"]),
        "complaints": number(given["complaint_closed"]),
    }
