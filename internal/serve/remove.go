package serve

import (
	"crypto/subtle"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"glomers/internal/disk"
)

// askDelete asks whether a run shall be deleted.
func (s *Server) askDelete(w http.ResponseWriter, r *http.Request, f *folder) error {
	one, err := s.summary(r.Context(), f)
	if err != nil {
		return err
	}
	s.render(w, http.StatusOK, "delete.html", map[string]any{"Title": "Delete a run", "Run": one, "Token": s.token})
	return nil
}

// delete deletes a run, and the links in the store that lead to it.
func (s *Server) delete(w http.ResponseWriter, r *http.Request, f *folder) error {
	if f.running() {
		return &failure{http.StatusConflict, "The run goes on. It can be deleted when it has ended."}
	}
	store, err := os.OpenRoot(s.dir)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.RemoveAll(f.id.String()); err != nil {
		return err
	}
	for _, link := range []string{"latest", "current"} {
		if target, err := disk.Target(store, link); err == nil && filepath.ToSlash(target) == f.id.String() {
			if err := store.Remove(link); err != nil {
				return err
			}
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// checkToken returns an error unless the request comes from a page of this server, and takes no long time to come.
func (s *Server) checkToken(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<10)
	if subtle.ConstantTimeCompare([]byte(r.PostFormValue("token")), []byte(s.token)) == 0 {
		return &failure{http.StatusForbidden, "This page is from a server that has ended, or from somebody else. Nothing was done; go back, load the page again, and try again."}
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // all is read; fails where there is none
	return nil
}
