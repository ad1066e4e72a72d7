//go:build !unix

package cli

// keepDescriptors does nothing: on this system a process inherits only the files that it is given explicitly.
func keepDescriptors() {}
