// The way from / to the site's own language.
export const data = { permalink: "/index.html" };

export const render = () => '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>/zh/</title>\n<meta http-equiv="refresh" content="0; url=/zh/">\n</head>\n<body><a href="/zh/">/zh/</a></body>\n</html>\n';
