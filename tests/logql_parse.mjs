// Parses LogQL with the grammar that Grafana's editor has.
//
//     node logql_parse.mjs DIRECTORY < EXPRESSIONS
//
// DIRECTORY is where npm installed @grafana/lezer-logql. A line of EXPRESSIONS is {"where", "text"}, and gets a line with
// the places that the grammar does not take. The parser goes on after an error, so that all of a text are found.

import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(join(resolve(process.argv[2]), "package.json"));
const { parser } = await import(pathToFileURL(require.resolve("@grafana/lezer-logql")));

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const { where, text } = JSON.parse(line);
  const errors = [];
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) errors.push(node.from);
    },
  });
  console.log(JSON.stringify({ where, text, errors }));
}
