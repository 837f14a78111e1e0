"""The memo as a PDF: a letter that stands, its wide attachments lying."""

from django.template.loader import render_to_string

from assessments.exports import pdf
from assessments.memo import Memo


def make_memo(memo: Memo) -> pdf.Pdf:
    document = pdf.laid_out(html_of(memo))
    return pdf.Pdf(pdf.write(document), len(document.pages))


def html_of(memo: Memo) -> str:
    html = render_to_string("memo/pdf.html", {"memo": memo})
    # Our own style sheet: nothing that a person typed stands in it.
    return html.replace("<style></style>", f"<style>{_css()}</style>", 1)


def _css() -> str:
    return f"""{pdf.font_faces()}
@page{{size:A4;margin:25mm 20mm 20mm 30mm;
@bottom-right{{font:400 9pt/12pt Form;content:counter(page) "/" counter(pages)}}}}
@page wide{{size:A4 landscape;margin:20mm}}
html{{font:400 12.5pt/20pt Form;color:#000}}
body,h1,h2,p,ul{{margin:0;padding:0}}
h1{{font:700 20pt/32pt Form;text-align:center}}
.line{{display:flex;gap:6pt;margin-top:2pt}}
.line b{{flex:none}}
.line span{{flex:1;border-bottom:.5pt dotted #000}}
.line .short{{flex:0 0 30mm}}
.to{{margin:10pt 0 6pt;border-top:.75pt solid #000;padding-top:8pt}}
.heading{{font-weight:700;margin-top:8pt;text-indent:25mm;break-after:avoid}}
.text{{text-indent:25mm;margin-top:3pt}}
.item{{padding-left:32mm;text-indent:-4mm}}
.end{{break-inside:avoid}}
.sign{{margin:36pt 0 0 70mm;text-align:center}}
.sign p{{margin-top:2pt}}
.table{{break-before:page}}
.wide{{page:wide}}
h2{{font:700 13.5pt/22pt Form}}
.note{{font-size:10pt;line-height:15pt;margin-bottom:6pt}}
table{{width:100%;border-collapse:collapse;font-size:9.5pt;line-height:14pt}}
thead{{display:table-header-group}}
tr{{break-inside:avoid}}
th,td{{border:.5pt solid #444;padding:1.5pt 4pt;text-align:left;vertical-align:top}}
th{{font-weight:700;text-align:center;vertical-align:middle;background:#eef0f4}}
td.n{{text-align:right;white-space:nowrap}}"""
