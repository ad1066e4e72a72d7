package release_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// checkContainer makes the image of the Containerfile in the directory of an unpacked release, and runs glomers in what the
// image holds: a directory without a shell, without libraries, without /tmp.
func checkContainer(t *testing.T, release string) {
	t.Helper()
	image := filepath.Join(t.TempDir(), "image")
	t.Run("image", func(t *testing.T) {
		needs(t, "buildah")
		storage := t.TempDir()
		buildah := func(args ...string) string {
			return strings.TrimSpace(command(t, release, nil, "buildah", append([]string{"--root", storage + "/root", "--runroot", storage + "/run", "--storage-driver", "vfs"}, args...)...))
		}
		buildah("bud", "--quiet", "--isolation", "chroot", "--tag", "glomers", ".")
		container := buildah("from", "--quiet", "glomers")
		defer buildah("rm", container)
		root := buildah("mount", container)
		var found []string
		require.NoError(t, fs.WalkDir(os.DirFS(root), ".", func(path string, _ fs.DirEntry, err error) error {
			found = append(found, path)
			return err
		}))
		require.ElementsMatch(t, append([]string{".", "store"}, programs...), found, "the image holds nothing else")
		require.Regexp(t, `^65532:65532 \[/glomers\] / map\[/store:\{\}\] \[.*\bTMPDIR=/store\]$`, buildah("inspect", "--type", "image", "--format",
			"{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.WorkingDir}} {{.OCIv1.Config.Volumes}} {{.OCIv1.Config.Env}}", "glomers"))
		command(t, ".", nil, "cp", "-a", root, image)
	})
	t.Run("run", func(t *testing.T) {
		needs(t, "unshare")
		if _, err := os.Stat(image); err != nil { // there is no buildah
			command(t, ".", nil, "install", "-d", image)
			command(t, ".", nil, "install", "-d", "-o", "65532", "-g", "65532", filepath.Join(image, "store"))
			for _, name := range programs {
				command(t, release, nil, "cp", "-p", name, image)
			}
		}
		require.NoError(t, os.Chmod(filepath.Dir(image), 0o755)) // the user of the image must get there
		// What every container has: a process namespace, /proc and /dev.
		const script = `mkdir -p proc dev && mount -t proc proc proc && mount --bind /dev dev && exec chroot --userspec=65532:65532 . /glomers "$@"`
		run := func(args ...string) string {
			words := append([]string{"--pid", "--fork", "--kill-child", "--mount", "sh", "-c", script, "sh"}, args...)
			return command(t, image, []string{"TMPDIR=/store"}, "unshare", words...)
		}
		run("conform", "-w", "echo", "--bin", "/echo")
		out := run("challenge", "1", "3b", "--time-limit", "1")
		require.Regexp(t, `(?m)^1 echo +valid`, out)
		require.Regexp(t, `(?m)^3b multi-node broadcast +valid`, out)
		reports, err := filepath.Glob(filepath.Join(image, "store/*/2*/report.html"))
		require.NoError(t, err)
		require.Len(t, reports, 2)
	})
}

func needs(t *testing.T, program string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("skipped: needs to be root")
	}
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("skipped: needs %s", program)
	}
}
