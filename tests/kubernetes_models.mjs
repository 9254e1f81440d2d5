// Validates custom resources with the validators that npm's @kubernetes-models/* were compiled to.
//
//     node kubernetes_models.mjs DIRECTORY < OBJECTS
//
// DIRECTORY is where npm installed them. A line of OBJECTS is {"where", "package", "object"}, and gets a line with what is
// wrong: the validator's own word, or that the package does not know the kind or the version.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const { where, package: name, object } = JSON.parse(line);
  const below = `node_modules/@kubernetes-models/${name}/${object.apiVersion}/${object.kind}.js`;
  const path = resolve(process.argv[2], below);
  const answer = { where, name: `${object.kind}/${object.metadata?.name}`, errors: [], state: "checked" };
  if (existsSync(path)) {
    const Model = (await import(pathToFileURL(path)))[object.kind];
    try {
      new Model(object).validate();
    } catch (error) {
      answer.errors.push(String(error.message).slice(0, 300));
    }
  } else {
    answer.state = `of ${object.apiVersion}, which the package does not have`;
  }
  console.log(JSON.stringify(answer));
}
