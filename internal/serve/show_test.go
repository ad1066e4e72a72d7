package serve

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The page of a run says why it failed, and leads to the explanation if there is a report.
func TestRunSaysWhy(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	dir := put(t, store, "broadcast/"+first, finished(`{"valid":false,"why":[{"headline":"3 <script>alert(1)</script> \u001b[2J is lost"},{"headline":"x"}]}`))
	put(t, store, "broadcast/"+second, finished(`{"valid":false,"why":[7]}`))
	address := start(t, store)
	run := address + "/run/broadcast/" + first + "/"
	_, page := get(t, run)
	require.Contains(t, page, `<p class="why">Why: 3 &lt;script&gt;alert(1)&lt;/script&gt; \x1b[2J is lost (the first of 2 causes)</p>`)
	require.NoError(t, os.WriteFile(filepath.Join(dir, reportName), []byte("<html>"), 0o600))
	_, page = get(t, run)
	require.Contains(t, page, `Why: <a href="report#why1">3 &lt;script&gt;`)
	_, page = get(t, address+"/run/broadcast/"+second+"/")
	require.NotContains(t, page, "Why:", "its results are not as we write them")
}
