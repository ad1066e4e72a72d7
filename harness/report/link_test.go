package report

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"glomers/internal/jstest"
)

// modules makes files from pairs of names and contents.
func modules(pairs ...string) fstest.MapFS {
	files := make(fstest.MapFS)
	for i := 0; i < len(pairs); i += 2 {
		files[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return files
}

func TestLink(t *testing.T) {
	script, err := link(modules(
		"page.js", "import {twice, two} from \"./twice.js\";\nimport * as Local from \"./local.js\";\nconst own = 1;\nconsole.log(twice(two), Local.own);\n",
		"twice.js", "import {own} from \"./local.js\";\nexport function twice(n) {\n  return n * 2;\n}\nexport const two = own + 1;\n",
		"local.js", "// Own is own.\nexport const own = 1;\nexport async function later() {}\nexport class Thing {}\n",
	), "page.js")
	require.NoError(t, err)
	require.Equal(t, `"use strict";
const modules = {};

modules["local.js"] = (() => {
// Own is own.
const own = 1;
async function later() {}
class Thing {}
return {own, later, Thing};
})();

modules["twice.js"] = (() => {
const {own} = modules["local.js"];
function twice(n) {
  return n * 2;
}
const two = own + 1;
return {twice, two};
})();

modules["page.js"] = (() => {
const {twice, two} = modules["twice.js"];
const Local = modules["local.js"];
const own = 1;
console.log(twice(two), Local.own);
return {};
})();
`, script)
}

func TestLinkRefuses(t *testing.T) {
	for want, files := range map[string]fstest.MapFS{
		"no.js: file does not exist":              modules("page.js", `import {a} from "./no.js";`),
		`page.js:2: a.js does not export "b"`:     modules("page.js", "\nimport {a, b} from \"./a.js\";", "a.js", "export const a = 1;\nconst b = 2;"),
		"page.js imports itself":                  modules("page.js", `import * as A from "./a.js";`, "a.js", `import * as B from "./page.js";`),
		`cannot link "import A from \"./a.js\""`:  modules("page.js", `import A from "./a.js"`, "a.js", ""),
		`cannot link "export let a = 1;"`:         modules("page.js", `import {a} from "./a.js";`, "a.js", "export let a = 1;"),
		`cannot link "export default 1;"`:         modules("page.js", `import {a} from "./a.js";`, "a.js", "export default 1;"),
		`cannot link "export {a};"`:               modules("page.js", `import {a} from "./a.js";`, "a.js", "const a = 1;\nexport {a};"),
		`cannot link "import {a} from \"/a.js\";`: modules("page.js", `import {a} from "/a.js";`),
	} {
		_, err := link(files, "page.js")
		require.ErrorContains(t, err, want)
	}
}

// The script contains every module of the page, and each exports the names that others import from it.
func TestModulesAreLinked(t *testing.T) {
	files, err := fs.Sub(web, "web")
	require.NoError(t, err)
	l := linker{files: files, exports: make(map[string][]string)}
	require.NoError(t, l.add("page.js"))
	names, err := fs.Glob(files, "*.js")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		require.Equal(t, 1, strings.Count(l.script.String(), `modules["`+name+`"] = `), "nothing imports %s", name)
		text, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`(?m)^import \* as (\w+) from "\./(.*)";$`).FindAllSubmatch(text, -1) {
			for _, use := range regexp.MustCompile(`\b`+string(m[1])+`\.(\w+)`).FindAllSubmatch(text, -1) {
				require.Contains(t, l.exports[string(m[2])], string(use[1]), "%s uses %s", name, use[0])
			}
		}
	}
}

// The modules compute correct results: web/test has the tests that do not need a page.
func TestJavaScript(t *testing.T) { jstest.Run(t, "web/test/*.test.js") }
