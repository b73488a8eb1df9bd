// What the site is called, its lists and its words. No global data of Eleventy's: it would be
// merged into the data of every page.
import { readFileSync } from "node:fs";

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}.json`, import.meta.url), "utf8"));

export const lists = read("lists");
export const words = read("words");

export const URL_OF_SITE = "https://www.bench.example";
export const LANGUAGES = ["zh", "en", "bo"];
export const HTML_LANG = { zh: "zh-CN", en: "en", bo: "bo" };
export const OWN_NAMES = { zh: "中文", en: "English", bo: "བོད་ཡིག" };
export const SITE_NAMES = { zh: "测试州人民政府", en: "Bench Prefecture", bo: "རྔ་བ" };

const byId = (rows) => new Map(rows.map((row) => [row.id, row]));
export const columns = byId(lists.columns);
export const audiences = byId(lists.audiences);
export const departments = byId(lists.departments);
export const counties = byId(lists.counties);

// The site is in one time zone, eight hours before UTC all year.
const local = (date) => new Date(date.getTime() + 8 * 3_600_000).toISOString();
export const day = (date) => local(date).slice(0, 10);
export const minute = (date) => local(date).slice(0, 16).replace("T", " ");
export const moment = (date) => `${local(date).slice(0, 19)}+08:00`;
