"""A document as one HTML page without scripts or outside requests, fit to print."""

from __future__ import annotations

from html import escape

from app.exports.document import Block, Document, Points, Table, printable


def document_page(document: Document) -> bytes:
    """Write a document as a page; every text in it is shown as it stands and never read as markup."""
    contents = "".join(
        f'<li><a href="#section-{number}">{_text(section.heading)}</a></li>'
        for number, section in enumerate(document.sections, start=1)
    )
    body = "".join(
        f'<section><h2 id="section-{number}">{_text(section.heading)}</h2>'
        f"{''.join(map(_block, section.blocks))}</section>"
        for number, section in enumerate(document.sections, start=1)
    )
    title, subtitle = _text(document.title), _text(document.subtitle)
    return _PAGE.format(title=title, subtitle=subtitle, contents=contents, body=body).encode()


def _text(text: str) -> str:
    return escape(printable(text))


def _block(block: Block) -> str:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Points):
        return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in block.items) + "</ul>"
    return f"<p>{_text(block)}</p>"


def _table(table: Table) -> str:
    kinds = [' class="words"' if table.is_words(column) else "" for column in range(len(table.head))]
    top = "".join(f'<th scope="col"{kind}>{_text(name)}</th>' for name, kind in zip(table.head, kinds, strict=True))
    body = ""
    for number, row in enumerate(table.rows):
        first, *others = zip(row, kinds, strict=True)
        cells = "".join(f"<td{kind}>{_text(cell)}</td>" for cell, kind in others)
        whole = ' class="total"' if number in table.totals else ""
        body += f'<tr{whole}><th scope="row"{first[1]}>{_text(first[0])}</th>{cells}</tr>'
    caption = _text(table.caption)
    return (
        f'<div class="table"><table><caption>{caption}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


_PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }}
body {{ color: #111; background: #fff; }}
h2 {{ border-top: 1px solid #bbb; margin-top: 2.5rem; padding-top: 1rem; }}
p, li {{ max-width: 44rem; }}
.table {{ overflow-x: auto; }}
table {{ border-collapse: collapse; margin: 0 0 1.5rem; width: 100%; }}
caption {{ font-weight: 600; text-align: left; padding: .5rem 0; }}
th, td {{ border-bottom: 1px solid #bbb; padding: .25rem .6rem; text-align: right; vertical-align: top; }}
th.words, td.words {{ text-align: left; min-width: 4rem; overflow-wrap: break-word; }}
tbody th {{ font-weight: 400; }}
thead th {{ border-bottom: 2px solid #111; }}
tr.total th, tr.total td {{ font-weight: 600; border-bottom: 2px solid #111; }}
@media print {{ body {{ margin: 0; max-width: none; }} nav {{ display: none; }} tr {{ break-inside: avoid; }} }}
</style></head>
<body><main><h1>{title}</h1><p>{subtitle}</p>
<nav aria-label="Contents"><ol>{contents}</ol></nav>
{body}</main></body></html>
"""
