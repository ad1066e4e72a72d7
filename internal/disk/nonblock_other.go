//go:build !unix

package disk

// nonblock is 0: on this system, pipes are not among the files.
const nonblock = 0
