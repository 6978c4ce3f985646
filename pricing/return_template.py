"""The one page a provider fills in: a workbook that checks itself, locked but for the cells to fill in.

The reader needs the columns "Code" and "Your figure" only, so that a return may come as CSV too.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

from pricing.price_warnings import NATIONAL_LIVING_WAGE
from pricing.return_checks import FASTEST_MPH, HEADLINE_SHARE, MIX_TOLERANCE, PAY_TOLERANCE, SLOWEST_MPH
from pricing.returns import COST_LINES, PAY_LINES, WEEKS_IN_A_YEAR, ReturnField, return_fields
from pricing.statutory import load_statutory

if TYPE_CHECKING:
    from collections.abc import Mapping

SHEET = "Return"
HEAD = ("Code", "Question", "Your figure", "Unit", "£ a contact hour", "Check")
CODE, QUESTION, FIGURE, UNIT, PER_HOUR, CHECK = range(6)
_UNITS = {
    "text": "",
    "hours": "hours",
    "visits": "visits",
    "pounds_per_hour": "£ an hour",
    "minutes": "minutes",
    "miles": "miles",
    "pence": "pence",
    "pounds_per_year": "£ a year",
}
_FORMATS = {"pounds_per_hour": "£#,##0.00", "pounds_per_year": "£#,##0;[Red]-£#,##0", "hours": "#,##0.##"}
_MOST = {"hours": 100_000_000, "visits": 1_000_000, "pounds_per_hour": 200, "minutes": 240, "miles": 200, "pence": 200}
_TITLE = "Open-book return: what a year of home care cost you"
_HOW = (
    "Fill in the yellow cells from your accounts and your rota; it takes about twenty minutes. Write 0 where there was "
    "nothing, and leave empty what you do not know. Put right whatever the last column asks about, then send the file."
)


def return_template(financial_year: str) -> bytes:
    """The template of a financial year as an XLSX file.

    Raises:
        UnknownYearError: if there are no statutory figures for the year, which its checks need.
    """
    year = load_statutory().year(financial_year)
    known = {
        "floor": year.only(NATIONAL_LIVING_WAGE).value,
        "rate": year.named("employer_ni_share")[-1].value,
        "threshold": year.named("employer_ni_threshold_pounds_per_week")[-1].value,
    }
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = _formats(book)
    sheet = book.add_worksheet(SHEET)
    _set_up(sheet)
    sheet.write_string(0, 0, _TITLE, formats["title"])
    sheet.write_string(1, 0, _HOW[: _HOW.index(". ") + 1], formats["plain"])
    sheet.write_string(2, 0, _HOW[_HOW.index(". ") + 2 :], formats["plain"])
    for column, name in enumerate(HEAD):
        sheet.write_string(3, column, name, formats["head"])
    rows = _write_fields(sheet, formats, financial_year)
    checks = _checks(rows, known)
    for key, formula in checks.items():
        sheet.write_formula(rows[key], CHECK, f"={formula}", formats["check"], "")
    last = max(rows.values()) + 1
    total = "+".join(f"C{rows[key] + 1}" for key in COST_LINES)
    hours = f"C{rows['contact_hours_per_year'] + 1}"
    sheet.write_string(last, QUESTION, "Total for a contact hour", formats["bold"])
    sheet.write_formula(last, PER_HOUR, f'=IF(N({hours})>0,({total})/{hours},"")', formats["total"], "")
    sheet.write_string(last + 1, QUESTION, "Cells still empty", formats["bold"])
    first = min(rows.values()) + 1
    inputs = ",".join(f"C{row + 1}" for row in rows.values())
    sheet.write_formula(last + 1, PER_HOUR, f"={len(rows)}-COUNTA({inputs})", formats["total_count"], len(rows) - 1)
    asked = f"SUMPRODUCT(--(LEN(F{first}:F{last})>0))"
    done = f'IF(E{last + 2}+{asked}=0,"Ready to send",E{last + 2}&" empty, "&{asked}&" to look at")'
    sheet.write_formula(last + 1, CHECK, f"={done}", formats["check"], "")
    source = (
        f"National Living Wage of {financial_year}: £{known['floor']:.2f}. Employer National Insurance: "
        f"{known['rate']:.2%} of pay above £{known['threshold']:f} a week."
    )
    sheet.write_string(last + 2, QUESTION, source, formats["plain"])
    sheet.print_area(0, 0, last + 2, CHECK)
    book.close()
    return out.getvalue()


def _set_up(sheet: Any) -> None:
    for column, width in enumerate((24, 46, 16, 11, 15, 44)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(4, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.set_footer("&L&F&RPage &P of &N")
    sheet.protect("", {"format_columns": True, "select_locked_cells": True})


def _formats(book: Any) -> dict[str, Any]:
    cell = {"bg_color": "#FFF7D6", "border": 1, "locked": False}
    found = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "plain": book.add_format({}),
        "head": book.add_format({"bold": True, "bottom": 1}),
        "section": book.add_format({"bold": True, "bg_color": "#EEF3F8"}),
        "bold": book.add_format({"bold": True, "top": 1}),
        "code": book.add_format({"font_color": "#666666", "font_size": 9}),
        "per_hour": book.add_format({"num_format": "£0.00"}),
        "total": book.add_format({"num_format": "£0.00", "bold": True, "top": 1}),
        "total_count": book.add_format({"num_format": "0", "bold": True}),
        "check": book.add_format({"font_color": "#B10E1E", "bold": True}),
        "text": book.add_format({**cell, "num_format": "@"}),
    }
    for unit in _UNITS:
        if unit != "text":
            found[unit] = book.add_format({**cell, "num_format": _FORMATS.get(unit, "#,##0.##")})
    return found


def _write_fields(sheet: Any, formats: Mapping[str, Any], financial_year: str) -> dict[str, int]:
    """A row a field under the title of its section; gives the row of each, from 0."""
    rows: dict[str, int] = {}
    row, section = 4, ""
    hours = ""
    for field in return_fields():
        if field.section != section:
            section = field.section
            for column in range(len(HEAD)):
                sheet.write_string(row, column, section if column == QUESTION else "", formats["section"])
            row += 1
        rows[field.key] = row
        if field.key == "contact_hours_per_year":
            hours = f"$C${row + 1}"
        sheet.write_string(row, CODE, field.key, formats["code"])
        sheet.write_string(row, QUESTION, field.label)
        sheet.write_string(row, UNIT, _UNITS[field.unit])
        if field.key == "financial_year":
            sheet.write_string(row, FIGURE, financial_year, formats["text"])
        else:
            sheet.write_blank(row, FIGURE, None, formats[field.unit])
        _validate(sheet, row, field)
        if field.unit == "pounds_per_year":
            cell = f"C{row + 1}"
            formula = f'=IF(AND(ISNUMBER({cell}),N({hours})>0),{cell}/{hours},"")'
            sheet.write_formula(row, PER_HOUR, formula, formats["per_hour"], "")
        row += 1
    return rows


def _validate(sheet: Any, row: int, field: ReturnField) -> None:
    if field.unit == "text":
        return
    low = -1_000_000_000 if field.key == "surplus" else 0
    high = _MOST.get(field.unit, 1_000_000_000)
    rule = {
        "validate": "decimal",
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        "error_title": "Not a figure that fits",
        "error_message": f"{field.label}: expected a number from {low:,} to {high:,}."[:255],
    }
    sheet.data_validation(row, FIGURE, row, FIGURE, rule)


def _checks(rows: Mapping[str, int], known: Mapping[str, Any]) -> dict[str, str]:
    """A formula for each field that is checked: empty where all is well, else what to look at."""
    at = {key: f"C{row + 1}" for key, row in rows.items()}
    visits = "+".join(f"N({at[f'visits_{length}_per_week']})*{length}" for length in (15, 30, 45, 60))
    number = "+".join(f"N({at[f'visits_{length}_per_week']})" for length in (15, 30, 45, 60))
    weeks, hours = f"{WEEKS_IN_A_YEAR:f}", at["contact_hours_per_year"]
    gross = "+".join(f"N({at[key]})" for key in PAY_LINES)
    minutes, miles, wage = at["travel_minutes_per_visit"], at["miles_per_visit"], at["wage_pounds_per_hour"]
    speed = f"{miles}*60/{minutes}"
    by_minutes = f"({number})*{weeks}*{minutes}/60*{wage}"
    by_miles = f"({number})*{weeks}*{miles}*{at['pence_per_mile']}/100"
    far = f"{PAY_TOLERANCE:f}"
    return {
        "contact_hours_per_year": (
            f'IF(N({hours})=0,"",IF(ABS(({visits})/60*{weeks}-{hours})>{hours}*{MIX_TOLERANCE:f},'
            f'"Visits come to "&TEXT(({visits})/60*{weeks},"#,##0")&" hours",""))'
        ),
        "wage_pounds_per_hour": (
            f'IF(N({wage})=0,"",IF({wage}<{known["floor"]:f},"Below the National Living Wage",""))'
        ),
        "travel_minutes_per_visit": (
            f'IF(AND(N({miles})>0,N({minutes})=0),"Miles without paid minutes",IF(N({minutes})*N({miles})=0,"",'
            f'IF(OR({speed}<{SLOWEST_MPH:f},{speed}>{FASTEST_MPH:f}),TEXT({speed},"0")&" miles an hour: check","")))'
        ),
        "travel_time": (
            f'IF(AND(N({miles})>0,N({at["travel_time"]})=0,ISNUMBER({at["travel_time"]})),"Travel is working time",'
            f'IF(N({at["travel_time"]})*N({minutes})*N({wage})=0,"",IF(ABS({at["travel_time"]}-{by_minutes})>'
            f'{by_minutes}*{far},"Visits × minutes × pay is £"&TEXT({by_minutes},"#,##0"),"")))'
        ),
        "mileage": (
            f'IF(N({at["mileage"]})*N({miles})*N({at["pence_per_mile"]})=0,"",IF(ABS({at["mileage"]}-{by_miles})>'
            f'{by_miles}*{far},"Visits × miles × pence is £"&TEXT({by_miles},"#,##0"),""))'
        ),
        "employer_ni": (
            f'IF(OR(N({at["employer_ni"]})=0,({gross})=0),"",IF({at["employer_ni"]}>=({gross})*{known["rate"]:f}*'
            f'{HEADLINE_SHARE:f},"Due only above £{known["threshold"]:f} a week for each carer",""))'
        ),
    }
