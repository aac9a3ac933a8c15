// Plain Quarto stops with a stack trace at the first result that a chapter includes and no report has made yet, before any
// `pre-render` step. It first asks each engine whether the chapter is its own; this one never claims a chapter, but says what to run.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import process from "node:process";

const INCLUDE = /^[ \t>]*\{\{<\s*include\s+(\/figures\/latest\/\S+)\s*>\}\}/gm;

function projectOf(file) {
  let folder = dirname(file);
  while (!existsSync(join(folder, "_quarto.yml")) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

// A plan names its programme, whose command has the same name.
function commandOf(project) {
  const plan = join(project, "data/plan/themes.yml");
  const programme = existsSync(plan) && readFileSync(plan, "utf8").match(/^programme:\s*(\S+)/m);
  return programme ? programme[1] : "evalbook";
}

function claimsFile(name, extension) {
  if (extension !== ".qmd") return false;
  const file = resolve(name);
  const project = projectOf(file);
  for (const [, path] of readFileSync(file, "utf8").matchAll(INCLUDE)) {
    if (!existsSync(join(project, path))) {
      const chapter = relative(project, file);
      const error = new Error(`${chapter} shows ${path.slice(1)}, which no report has made yet.\nRun this first: ${commandOf(project)} report`);
      error.stack = "";
      throw error;
    }
  }
  return false;
}

export default {
  name: "results",
  defaultExt: ".qmd",
  defaultYaml: () => [],
  defaultContent: () => [],
  validExtensions: () => [],
  claimsFile,
  claimsLanguage: () => false,
  canFreeze: false,
  generatesFigures: false,
  launch: () => {
    throw new Error("this engine runs nothing");
  },
};
