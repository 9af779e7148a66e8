"""The Standard Safeguarding Dataset (v1.4) on any SQL database: social care or early help, one source each."""

from connectors.systems.ssd.connector import connect

__all__ = ["connect"]
