"""舆情事件复盘: post-incident reviews of public-opinion crises, from exports to a traceable report."""

__version__ = "0.1.0"
