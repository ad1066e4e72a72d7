package report

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness/history"
	"glomers/harness/network"
	"glomers/harness/why"
)

// hostile returns texts with which a node might try to take over the page, or to break it.
func hostile() []string {
	return []string{
		`</script><script>document.title="pwned"</script>`,
		`<img src=x onerror="document.title='pwned'">`,
		`"'><svg onload=document.title='pwned'>`,
		`{{.Title}}<!--`,
		"line\u2028and\u2029paragraph \x00 \x1b[31m",
		"not UTF-8: \xff\xc0\x80",
		"javascript:document.title='pwned'//__proto__",
	}
}

// hostileRun returns a run in which every text is hostile.
func hostileRun(t testing.TB) files {
	t.Helper()
	all := strings.Join(hostile(), " ")
	quoted, err := json.Marshal(all)
	require.NoError(t, err)
	text := string(quoted)
	var journal []network.Event
	for i, s := range hostile() {
		id, err := json.Marshal(s)
		require.NoError(t, err)
		journal = append(journal, sent(int64(i), int64(i)*ms, "n0", s, `{"type":`+string(id)+`,"text":`+text+`}`, network.Received)...)
	}
	op := func(i int, typ history.Type, process history.Process) history.Op {
		return history.Op{Index: i, Time: int64(i) * ms, Type: typ, Process: process, F: all, Value: quoted, Error: quoted}
	}
	causes, err := json.Marshal([]why.Cause{{
		Kind: all, Headline: all, So: all, Others: all,
		Story: []why.Step{
			{Kind: why.Fault, At: 1, ID: -1, Text: all},
			{Kind: why.Message, At: 2, From: hostile()[0], To: hostile()[4], ID: 3, Text: all},
			{Kind: why.Message, At: 3, From: hostile()[4], To: hostile()[5], ID: 4, Lost: true, Text: all},
		},
	}})
	require.NoError(t, err)
	return files{
		"test.json": `{"workload":` + text + `,"nodes":["n0",` + text + `],"concurrency":1,"program":{"path":` + text + `,"args":[` + text + `]},"nemesis":[` + text + `]}`,
		"results.json": `{"valid":false,"error":` + text + `,"reasons":[` + text + `,"op 1 <b>op 0</b>"],"warnings":[` + text + `],"stats":{"count":` + text + `},` +
			`"latencies":{` + text + `:{"p50-ns":` + text + `}},"why":` + string(causes) + `,"net":7,"__proto__":{"polluted":1}}`,
		"history.jsonl": lines(t, op(0, history.Invoke, 0), op(1, history.Fail, 0),
			history.Op{Index: 2, Type: history.Info, Process: history.Nemesis, F: "start-" + all},
			history.Op{Index: 3, Type: history.Info, Process: history.Nemesis, F: "start-" + all, Value: quoted}),
		// A journal as it would be if bodies were not checked: with bytes that are not valid UTF-8.
		"journal.jsonl": lines(t, journal...) +
			`{"time":9000000,"event":"send","id":99,"src":"n0","dest":"n0","body":{"type":"` + "\xff<img src=x>" + `"}}` + "\n",
		"nodes/n0.log": all + "\n",
	}
}

// All texts from a run are in the page only as data, and all of them arrive there.
func TestHostileRun(t *testing.T) {
	dir := hostileRun(t).write(t)
	p := open(t, dir)
	for _, s := range append(hostile(), "<img", "<svg") {
		require.False(t, strings.Contains(p.html, s), s)
	}
	require.Regexp(t, `<title>.*&lt;img.*</title>`, p.html)
	all := strings.Join(hostile(), " ")
	clean := func(s string) string {
		return regexp.MustCompile("\uFFFD+").ReplaceAllString(strings.ToValidUTF8(s, "\uFFFD"), "\uFFFD")
	}
	require.Equal(t, clean(all)+"\n", p.summary.Logs["n0"])
	require.Equal(t, clean(all), clean(p.summary.Ops.F[0]))
	require.Len(t, p.messages, len(hostile())+1)
	require.Equal(t, clean(all), clean(p.summary.Causes[0].Headline))
}

// The page allows only its own scripts and styles, by their hashes.
func TestPolicy(t *testing.T) {
	p := open(t, small(t).write(t))
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="([^"]*)">`).FindStringSubmatch(p.html)[1]
	policy = strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(policy)
	require.True(t, strings.HasPrefix(policy, "default-src 'none'; "), policy)
	require.NotContains(t, policy, "unsafe")
	require.NotContains(t, policy, "http")
	require.Less(t, strings.Index(p.html, "Content-Security-Policy"), strings.Index(p.html, "<style>"))
	count := 0
	for _, block := range regexp.MustCompile(`(?s)<(?:script|style)>(.*?)</(?:script|style)>`).FindAllStringSubmatch(p.html, -1) {
		sum := sha256.Sum256([]byte(block[1]))
		require.Contains(t, policy, base64.StdEncoding.EncodeToString(sum[:]))
		count++
	}
	require.Equal(t, count, strings.Count(policy, "sha256-"))
	require.NotRegexp(t, `\s(src|on\w+|style)=`, strings.Join(regexp.MustCompile(`(?s)<(script|style)>.*?</(script|style)>`).Split(p.html, -1), ""))
}

// Our scripts cannot turn a text into markup, and nothing in them ends their element.
func TestScripts(t *testing.T) {
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttributeNS|\bimport\(|fetch\(|XMLHttpRequest|WebSocket`)
	err := fs.WalkDir(web, "web", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".js") && !strings.HasSuffix(path, ".css") {
			return err
		}
		text, err := web.ReadFile(path)
		require.NotContains(t, strings.ToLower(string(text)), "</s", path)
		require.NotContains(t, string(text), "<!--", path)
		require.NotRegexp(t, `url\(|@import`, string(text), path)
		if !strings.HasPrefix(path, "web/vendor/") {
			require.NotRegexp(t, forbidden, string(text), path)
			require.NotRegexp(t, `#[0-9a-f]{6}\b`, string(text), "%s has a colour that is not in the palette", path)
		}
		return err
	})
	require.NoError(t, err)
}

// dump opens a page in a browser and returns the resulting document, without the scripts.
func dump(t *testing.T, page string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skipf("skipped: needs chromium: %v", err)
	}
	// The browser's virtual clock may run faster than the machine, so work in another thread may finish too late for it. The
	// test then tries again.
	var text string
	for range 10 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
			"--disable-background-networking", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=20000", "--dump-dom",
			"file://"+filepath.ToSlash(page))
		cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir()) // the browser does not clean up if it is killed
		out, err := cmd.Output()
		cancel()
		text = regexp.MustCompile(`(?s)<(script|style)\b.*?</(script|style)>`).ReplaceAllString(string(out), "")
		if err == nil && !strings.Contains(text, "Reading the run") {
			return text
		}
		t.Logf("the browser gave no page: %v", err)
	}
	require.Fail(t, "no page", text)
	return ""
}

func TestInBrowser(t *testing.T) {
	dir := small(t).write(t)
	open(t, dir)
	text := dump(t, filepath.Join(dir, "report.html"))
	require.Contains(t, text, "<title>invalid: broadcast · glomers</title>")
	require.Regexp(t, `value 7 \(op <button[^>]*>3</button>\) is missing`, text)
	require.Contains(t, text, "Messages sent")
	require.Contains(t, text, "8 of 8 events")
	require.Contains(t, text, "hello")
	require.NotContains(t, text, "part of the report failed")
}

func TestHostileRunInBrowser(t *testing.T) {
	dir := hostileRun(t).write(t)
	open(t, dir)
	text := dump(t, filepath.Join(dir, "report.html"))
	require.NotContains(t, text, "<title>pwned")
	require.NotContains(t, text, `<img src="x`)
	require.NotContains(t, text, "<svg")
	require.NotContains(t, text, "<b>op 0")
	require.Regexp(t, `<img src="data:image/svg[^>"]*" alt="Space-time diagram`, text)
	require.Contains(t, text, "&lt;img")
	require.Contains(t, text, "4 of 4 events")
	require.NotContains(t, text, "part of the report failed")
}

func TestEmptyRunInBrowser(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, Options{}.Write(dir))
	text := dump(t, filepath.Join(dir, "report.html"))
	require.Contains(t, text, "journal.jsonl is missing")
	require.Contains(t, text, "no verdict")
	require.NotContains(t, text, "part of the report failed")
}
