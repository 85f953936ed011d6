// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/page.hpp"

namespace trilby::report {
namespace {

// Lines differ by their dashes too, and every verdict is also a word.
constexpr char style[] = R"(
:root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#c62828;--mild:#9a6700;
--first:#1f6feb;--second:#bc4c00;--third:#1a7f37;--heat:31 111 235}
@media(prefers-color-scheme:dark){:root{--good:#4ac26b;--bad:#ff7b72;--mild:#d4a72c;
--first:#58a6ff;--second:#f0883e;--third:#4ac26b;--heat:88 166 255}}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:0;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:2rem 0 .3rem}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}.wide{overflow-x:auto}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.continued td{border:0}.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.facts th{width:12rem}@media(max-width:30rem){.facts th{width:7rem}}.facts td{overflow-wrap:anywhere}
code,pre{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}
pre{white-space:pre-wrap;margin:.5rem 0}summary{cursor:pointer}
.pass,.passed{color:var(--good)}.skip,.not-run,.incomplete{color:var(--mild)}
.fail,.failed,.crash,.error,.time-out,.out-of-memory{color:var(--bad)}
.verdict{font-weight:600;white-space:nowrap}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(20rem,100%),1fr));gap:.5rem}
svg{width:100%;font:11px system-ui,sans-serif;fill:currentColor}
svg .grid{stroke:var(--line)}svg .mark{stroke:currentColor;stroke-dasharray:2 3}
svg polyline{fill:none;stroke-width:1.5;stroke:var(--first)}svg circle,svg rect{fill:var(--first)}
.line-2 polyline{stroke:var(--second);stroke-dasharray:6 3}.line-2 circle{fill:var(--second)}
.line-3 polyline{stroke:var(--third);stroke-dasharray:2 2}.line-3 circle{fill:var(--third)}
svg .dots{fill:none;stroke:var(--first);stroke-opacity:.6;stroke-width:3;stroke-linecap:round}
.matrix{width:auto;font-size:.85em}.matrix th,.matrix td{border:0;padding:.2rem .4rem}
.matrix td{text-align:right;white-space:nowrap;background:rgb(var(--heat)/var(--part));print-color-adjust:exact}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(7rem,1fr));gap:1rem;padding:0}
.samples li{list-style:none;font-size:.85em;line-height:1.3;overflow-wrap:anywhere}
.samples img{width:100%;max-width:9rem;height:auto;display:block;margin-bottom:.3rem;image-rendering:pixelated}
.lead{font-size:1.1rem}
@media print{body{margin:0;max-width:none}section,figure,svg,li{break-inside:avoid}}
)";

}  // namespace

Markup page(std::string_view title, const Markup& content) {
    return Markup::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n"
        "<style>{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
        title, Markup(style), content);
}

Markup fact(std::string_view name, std::string_view value) {
    return value.empty()
               ? Markup()
               : Markup::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", name, value);
}

Markup table(const Markup& head, const Markup& rows) {
    return rows.empty()
               ? rows
               : Markup::format("<div class=\"wide\"><table>\n<tr>{}</tr>\n{}</table></div>\n",
                                head, rows);
}

Markup fact_table(const Markup& facts) {
    return facts.empty() ? facts : Markup::format("<table class=\"facts\">\n{}</table>\n", facts);
}

Markup plots(const Markup& svgs) {
    return svgs.empty() ? svgs : Markup::format("<div class=\"plots\">\n{}</div>\n", svgs);
}

}  // namespace trilby::report
