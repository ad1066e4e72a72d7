package guard

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A cgroup is a control group (version 2) of the kernel. A process that is started in it stays in it until it ends, and so
// do all its descendants, whatever they do to their environment and process group. All processes in the group can be killed
// at once. Making a group requires permission to write to the group of this process: root has it, and so do users to whom
// the group is delegated.
type cgroup struct {
	path string
	dir  *os.File
}

// newCgroup returns nil if a control group cannot be made.
func newCgroup(name string) *cgroup {
	parent := cgroupParent()
	if parent == "" {
		return nil
	}
	path := filepath.Join(parent, name)
	if err := os.Mkdir(path, 0o755); err != nil {
		return nil
	}
	c := &cgroup{path: path}
	if kill, err := os.OpenFile(filepath.Join(path, "cgroup.kill"), os.O_WRONLY, 0); err == nil { // exists since Linux 5.14
		_ = kill.Close() // nothing was written
		if c.dir, err = os.Open(path); err == nil {
			return c
		}
	}
	c.remove()
	return nil
}

// cgroupParent returns the directory of this process's control group, if a group can be made in it without side effects: the
// group must not have controllers, which would share out processors and memory anew. Otherwise it returns "".
var cgroupParent = sync.OnceValue(func() string {
	own, err := os.ReadFile("/proc/self/cgroup")
	mounts, err2 := os.ReadFile("/proc/self/mountinfo")
	if err != nil || err2 != nil {
		return ""
	}
	parent := cgroupPath(string(own), string(mounts))
	controllers, err := os.ReadFile(filepath.Join(parent, "cgroup.subtree_control"))
	members, err2 := os.ReadFile(filepath.Join(parent, "cgroup.procs"))
	if parent == "" || err != nil || err2 != nil || len(bytes.TrimSpace(controllers)) > 0 ||
		!bytes.Contains(append([]byte{'\n'}, members...), []byte("\n"+strconv.Itoa(os.Getpid())+"\n")) {
		return ""
	}
	// Some kernels and containers do not let a process start in a group.
	path := filepath.Join(parent, "glomers-probe-"+strconv.Itoa(os.Getpid()))
	if err := os.Mkdir(path, 0o755); err != nil {
		return ""
	}
	c := &cgroup{path: path}
	defer c.remove()
	if c.dir, err = os.Open(path); err != nil {
		return ""
	}
	probe := exec.Command("/bin/sh", "-c", ":")
	probe.SysProcAttr = &syscall.SysProcAttr{}
	c.take(probe.SysProcAttr)
	if probe.Run() != nil {
		return ""
	}
	return parent
})

// cgroupPath returns the path of a process's group in the file system of control groups, given the process's /proc/*/cgroup
// and mountinfo.
func cgroupPath(own, mounts string) string {
	var group string
	for line := range strings.Lines(own) {
		if path, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "0::"); ok {
			group = path
		}
	}
	if group == "" {
		return ""
	}
	for line := range strings.Lines(mounts) {
		// number, parent, device, root, mount point, options …, a hyphen, the type …
		fields := strings.Fields(line)
		_, after, _ := strings.Cut(line, " - ")
		if len(fields) < 6 || !strings.HasPrefix(after, "cgroup2 ") {
			continue
		}
		root, point := fields[3], fields[4]
		if rest, ok := strings.CutPrefix(group, strings.TrimSuffix(root, "/")); ok && (rest == "" || rest[0] == '/') {
			return filepath.Join(point, rest)
		}
	}
	return ""
}

// take makes a process start in the group.
func (c *cgroup) take(attr *syscall.SysProcAttr) {
	if c != nil {
		attr.UseCgroupFD, attr.CgroupFD = true, int(c.dir.Fd())
	}
}

// members returns the processes in the group and in its subgroups.
func (c *cgroup) members() []int {
	if c == nil {
		return nil
	}
	var pids []int
	_ = filepath.WalkDir(c.path, func(path string, e fs.DirEntry, _ error) error {
		if e != nil && e.IsDir() {
			text, _ := os.ReadFile(filepath.Join(path, "cgroup.procs")) // the group may be gone
			for _, word := range strings.Fields(string(text)) {
				if pid, err := strconv.Atoi(word); err == nil && pid > 0 { // 0 is a process of another namespace
					pids = append(pids, pid)
				}
			}
		}
		return nil
	})
	return pids
}

// kill kills all processes in the group at once, so that none can start another in between.
func (c *cgroup) kill() {
	if c != nil {
		_ = os.WriteFile(filepath.Join(c.path, "cgroup.kill"), []byte("1"), 0) // if it fails, the processes are killed one by one
	}
}

// remove removes the group; its processes have ended or are about to end.
func (c *cgroup) remove() {
	if c == nil {
		return
	}
	if c.dir != nil {
		_ = c.dir.Close() // nothing was written
	}
	for range 1000 {
		err := os.Remove(c.path)
		if !errors.Is(err, syscall.EBUSY) {
			return
		}
		_ = filepath.WalkDir(c.path, func(path string, e fs.DirEntry, _ error) error { // subgroups that the processes made
			if e != nil && e.IsDir() && path != c.path {
				_ = os.Remove(path) // fails while it has subgroups of its own; a later pass removes it
			}
			return nil
		})
		time.Sleep(time.Millisecond)
	}
}
