// Headings get ids, tables what they need on a phone; raw HTML is no part of a text.
export function configureMarkdown(library) {
  library.set({ html: false, typographer: false, linkify: false });
  const { rules } = library.renderer;
  rules.heading_open = (tokens, place, _options, environment) => {
    const title = tokens[place + 1].content;
    return `<${tokens[place].tag} id="${idOf(title, environment)}">`;
  };
  rules.table_open = (tokens, place) => {
    labelCells(tokens, place);
    return '<div class="table table-lines" tabindex="0" role="region"><table>\n';
  };
  rules.table_close = () => "</table></div>\n";
}

function idOf(title, environment) {
  const id = title.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s+/g, "-");
  const used = (environment.ids ??= new Map());
  const times = used.get(id) ?? 0;
  used.set(id, times + 1);
  return times ? `${id}-${times}` : id;
}

function labelCells(tokens, start) {
  const names = [];
  let column = 0;
  for (let place = start; tokens[place].type !== "table_close"; place += 1) {
    const token = tokens[place];
    if (token.type === "tr_open") column = 0;
    if (token.type === "th_open") names.push(tokens[place + 1].content);
    if (token.type === "td_open") {
      if (column) token.attrSet("data-label", names[column]);
      column += 1;
    }
  }
}

const HEADING = /<h[23] id="([^"]*)">(.*?)<\/h[23]>/g;

/** The headings of a rendered text: [{id, title}]. */
export const headingsOf = (html) => Array.from(html.matchAll(HEADING), ([, id, title]) => ({ id, title }));
