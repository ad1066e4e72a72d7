package browser

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"glomers/harness"
)

// A run in progress is shown as it happens, and its verdict when it has ended.
func TestLive(t *testing.T) {
	store := t.TempDir()
	inForce, seen := make(chan struct{}), make(chan struct{})
	test := echoes(t, store, 1)
	test.NodeCount, test.TimeLimit = 3, 4*time.Second
	test.Nemesis, test.NemesisInterval = []string{"partition"}, time.Second
	held := false
	test.Progress = func(p harness.Progress) {
		if !held && p.OK > 0 && p.Fault != "" { // the files contain what the page should show: hold the run until the page does
			held = true
			close(inForce)
			<-seen
		}
	}
	type outcome struct {
		result harness.Result
		err    error
	}
	ended := make(chan outcome, 1)
	go func() {
		res, err := harness.Run(t.Context(), test)
		ended <- outcome{res, err}
	}()
	select {
	case <-inForce:
	case o := <-ended:
		require.FailNow(t, "no fault came into force", "%v", o.err)
	}

	browser := launch(t)
	run, err := os.Readlink(filepath.Join(store, "current"))
	require.NoError(t, err)
	address := serveStore(t, store)
	list := open(t, browser, address, look{})
	list.wait(`document.querySelector("#runs .state.running")`)
	p := open(t, browser, address+"/run/"+run+"/", look{})
	p.wait(`document.querySelector("#functions td")?.textContent > 0`)
	p.wait(`document.querySelector("#fault").textContent.includes("In force: partition")`)
	require.Equal(t, "running", eval[string](p, `document.querySelector("h1 .state").textContent`))
	require.True(t, eval[bool](p, `document.querySelector("#now").textContent.includes("under way")`))
	close(seen)

	o := <-ended
	require.NoError(t, o.err)
	p.wait(`document.querySelector("h1 .state")?.textContent === ` + text(o.result.Valid.String()))
	p.wait(`document.querySelector("#functions td")?.textContent > 0`)
	list.wait(`document.querySelector("#runs .state")?.textContent === ` + text(o.result.Valid.String()))
	p.calm()
	list.calm()
}
