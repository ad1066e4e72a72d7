//go:build unix && !linux

package guard

// strays finds nothing: there is no /proc on this system.
func strays(string, map[int]bool, *cgroup, map[int]bool) ([]Stray, bool) { return nil, false }
