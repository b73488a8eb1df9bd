const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
const SIGN = /[&<>"']/g;

export const escape = (text) => String(text).replace(SIGN, (sign) => SIGNS[sign]);

const ENTITY = /&(amp|lt|gt|quot|#39);/g;
const TEXTS = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** HTML without its tags, as the search indexes it. */
export const plain = (html) =>
  html.replace(/<[^>]*>/g, "").replace(ENTITY, (_, name) => TEXTS[name]).trim();
