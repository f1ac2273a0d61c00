"""report: the workbooks that people open. The only door to xlsxwriter.

    school_workbook     what one school has to answer, its cases, its figures, and what they stand on
    district_workbook   the section's summary, with names
    public_workbook     the same without pupils and with small cells suppressed
    quarter_workbook    the county's quarterly re-check: list, ledgers, statement
    form_workbook       the form to send out, blank or pre-filled with a school's open cases
    file_name           how a school's workbook is called
"""
from carelib.report.district import district_workbook
from carelib.report.forms import form_workbook
from carelib.report.naming import file_name
from carelib.report.public import public_workbook
from carelib.report.quarter import quarter_workbook
from carelib.report.school import school_workbook

__all__ = ["district_workbook", "file_name", "form_workbook", "public_workbook", "quarter_workbook", "school_workbook"]
