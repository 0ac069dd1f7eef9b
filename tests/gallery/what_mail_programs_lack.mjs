// Reads a list of HTML documents, and writes what mail programs lack of them by caniemail.com's data: of each program
// the features that it does not support (none) or only in part.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, ...clients] = process.argv.slice(2);
const found = createRequire(`${modules}/`).resolve("caniemail");
const { caniemail } = await import(pathToFileURL(found));

const lacking = new Set();
for (const html of JSON.parse(readFileSync(0, "utf8"))) {
  const { issues } = caniemail({ clients, html });
  for (const [client, those] of [...issues.errors, ...issues.warnings]) {
    for (const { support, title } of those) lacking.add(JSON.stringify([client, support, title]));
  }
}
console.log(JSON.stringify([...lacking].sort().map((row) => JSON.parse(row))));
