"""Workbooks of every kind: xlsx/xlsm (own streaming reader), xls (xlrd), xlsb, ods, SpreadsheetML 2003."""
