"""Spreadsheets as bytes: what Excel and Calc write, and what they never would."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_ODF = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "table", "text", "style")
)
_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'

#: The styles of the files below, by number: as it comes, a day, an hour of a day, an own format
#: for days, and one for numbers with a colour and a unit.
_STYLES = f"""<styleSheet {_MAIN}><numFmts count="2">
<numFmt numFmtId="164" formatCode="[$-40C]dd\\/mm\\/yyyy;@"/>
<numFmt numFmtId="165" formatCode="[Red]0.00&quot;dh&quot;"/></numFmts>
<cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs>
<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/>
<xf numFmtId="165"/></cellXfs></styleSheet>"""


def zipped(parts: Mapping[str, str | bytes], method: int = ZIP_DEFLATED) -> bytes:
    """These files in one."""
    out = BytesIO()
    with ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def words(*cells: str) -> str:
    """A row's cells with words, each in its own place."""
    return "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells)


def row(cells: str, number: int | None = None, more: str = "") -> str:
    """One row of an .xlsx."""
    at = f' r="{number}"' if number else ""
    return f"<row{at}{more}>{cells}</row>"


def xlsx(
    *rows: str,
    others: Sequence[tuple[str, str, str]] = (),
    strings: str = "",
    book: str = "",
    merged: Sequence[str] = (),
    more: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A workbook whose first sheet has these rows; `others` are names, states and rows. In each
    sheet these ranges are one cell.
    """
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    sheets = [("Feuil1", "visible", "".join(rows)), *others]
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (name, state, _) in enumerate(sheets, 1)
    )
    belongs = "".join(
        f'<Relationship Id="rId{n}" Type="{_R}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    beside = "".join(
        f'<Relationship Id="{name}" Type="{_R}/{name}" Target="/xl/{name}.xml"/>'
        for name in ("styles", "sharedStrings")
    )
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships {_RELS}><Relationship Id="rId1" '
        f'Type="{_R}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_R}">{book}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships {_RELS}>{belongs}{beside}</Relationships>",
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{strings}</sst>",
    }
    for n, (_, _, content) in enumerate(sheets, 1):
        sheet = f"<worksheet {_MAIN}><sheetData>{content}</sheetData>{ranges}</worksheet>"
        parts[f"xl/worksheets/sheet{n}.xml"] = sheet
    return zipped({**parts, **(more or {})})


def ods(*tables: str, styles: str = "", more: Mapping[str, str] | None = None) -> bytes:
    """An OpenDocument spreadsheet with these tables."""
    content = (
        f"<office:document-content {_ODF} {_CALC}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{''.join(tables)}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": content, **(more or {})})


def table(*rows: str, name: str = "Feuille1", style: str = "ta1") -> str:
    """One sheet of an .ods."""
    return (
        f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'
    )


def ods_row(*cells: str, more: str = "") -> str:
    """One row of an .ods."""
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def ods_words(text: str, more: str = "") -> str:
    """One cell with words."""
    return (
        f'<table:table-cell office:value-type="string" {more}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )
