package serve

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// deleteRun asks for the deletion of a run and returns the status.
func deleteRun(t *testing.T, address, run, token string, change ...func(*http.Request)) int {
	t.Helper()
	return post(t, address+"/run/"+run+"/delete", token, change...)
}

// post posts a form with the token and returns the status.
func post(t *testing.T, address, token string, change ...func(*http.Request)) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(url.Values{"token": {token}}.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, _ := do(t, r, change...)
	return answer.StatusCode
}

// tokenOf returns the token that the page which asks has.
func tokenOf(t *testing.T, address, run string) string {
	t.Helper()
	_, page := get(t, address+"/run/"+run+"/delete")
	found := regexp.MustCompile(`name="token" value="([A-Z0-9]+)"`).FindStringSubmatch(page)
	require.NotNil(t, found, page)
	return found[1]
}

func TestDelete(t *testing.T) {
	t.Parallel()
	store := t.TempDir()
	dir := put(t, store, "broadcast/"+first, finished(valid))
	other := put(t, store, "broadcast/"+second, finished(valid))
	precious := put(t, t.TempDir(), "precious", finished(valid))
	require.NoError(t, os.Symlink(precious, filepath.Join(dir, "away")))
	require.NoError(t, os.Symlink("broadcast/"+first, filepath.Join(store, "latest")))
	require.NoError(t, os.Symlink("broadcast/"+second, filepath.Join(store, "current")))
	address := start(t, store)
	token := tokenOf(t, address, "broadcast/"+first)

	foreign := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	require.Equal(t, http.StatusForbidden, deleteRun(t, address, "broadcast/"+first, ""))
	require.Equal(t, http.StatusForbidden, deleteRun(t, address, "broadcast/"+first, token+"x"))
	require.Equal(t, http.StatusForbidden, deleteRun(t, start(t, store), "broadcast/"+first, token), "the token of another server")
	require.Equal(t, http.StatusForbidden, deleteRun(t, address, "broadcast/"+first, token, foreign("Sec-Fetch-Site", "cross-site")))
	require.Equal(t, http.StatusForbidden, deleteRun(t, address, "broadcast/"+first, token, foreign("Origin", "null")))
	require.Equal(t, http.StatusForbidden, deleteRun(t, address, "broadcast/"+first, token, foreign("Origin", "http://evil.example")))
	answer, _ := get(t, address+"/run/broadcast/"+first+"/delete?token="+token)
	require.Equal(t, http.StatusOK, answer.StatusCode, "it only asks")
	require.DirExists(t, dir)

	require.Equal(t, http.StatusSeeOther, deleteRun(t, address, "broadcast/"+first, token))
	require.NoDirExists(t, dir)
	require.FileExists(t, filepath.Join(precious, "results.json"))
	require.FileExists(t, filepath.Join(other, "results.json"))
	_, err := os.Lstat(filepath.Join(store, "latest"))
	require.ErrorIs(t, err, os.ErrNotExist, "it led to the run")
	require.FileExists(t, filepath.Join(store, "current", "results.json"))
	require.Equal(t, http.StatusNotFound, deleteRun(t, address, "broadcast/"+first, token), "it is gone")
}

func TestDeleteRefuses(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	store := filepath.Join(parent, "store")
	going := put(t, store, "kafka/"+first, finished(valid))
	outside := put(t, parent, "outside/"+first, finished(valid))
	inside := put(t, store, "broadcast/"+first, finished(valid))
	put(t, store, "broadcast/no-run", map[string]string{"file": ""})
	require.NoError(t, os.Symlink(filepath.Dir(outside), filepath.Join(store, "away")))
	require.NoError(t, os.Symlink(inside, filepath.Join(store, "broadcast", "link")))
	address := start(t, store)
	token := tokenOf(t, address, "broadcast/"+first)
	release := hold(t, going)
	require.Equal(t, http.StatusConflict, deleteRun(t, address, "kafka/"+first, token))
	require.DirExists(t, going)
	for _, run := range []string{"away/" + first, "broadcast/link", "broadcast/no-run", "..%2foutside/" + first, "%2e%2e/outside", "broadcast/%2e", "broadcast/..%2f..%2foutside"} {
		status := deleteRun(t, address, run, token)
		require.Contains(t, []int{http.StatusNotFound, http.StatusTemporaryRedirect, http.StatusMethodNotAllowed}, status, run)
	}
	require.FileExists(t, filepath.Join(outside, "results.json"))
	require.FileExists(t, filepath.Join(inside, "results.json"))
	require.DirExists(t, filepath.Join(store, "broadcast", "no-run"))
	release()
	require.Equal(t, http.StatusSeeOther, deleteRun(t, address, "kafka/"+first, token), "it has ended")
}
