//go:build !unix

package cli

// keepDescriptors does nothing: a process gets no files here but those that it is given.
func keepDescriptors() {}
