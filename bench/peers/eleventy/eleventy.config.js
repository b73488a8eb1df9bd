// Eleventy 3 on the corpus of the bench. What it makes, and what of ours it does not: README.md.
import { catalogueOf } from "./lib/catalogue.js";
import { configureMarkdown } from "./lib/markdown.js";

const COLLECTIONS = ["fronts", "archives", "feeds", "sitemaps", "data", "rows"];

export default function (config) {
  config.amendLibrary("md", configureMarkdown);
  config.addPassthroughCopy({ "content/texts/**/*.{pdf,txt}": "files" });
  for (const name of COLLECTIONS) {
    config.addCollection(name, (collections) => catalogueOf(collections)[name]);
  }
  return {
    dir: { input: "content", includes: "../layouts", data: "../data" },
    templateFormats: ["md", "11ty.js"],
    // Texts have no template language in them.
    markdownTemplateEngine: false,
  };
}
