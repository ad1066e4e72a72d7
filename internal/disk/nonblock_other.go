//go:build !unix

package disk

// nonblock is nothing: there are no pipes among files here.
const nonblock = 0
