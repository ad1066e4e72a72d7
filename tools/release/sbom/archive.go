package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// A program is a Go program in an archive.
type program struct {
	file, sum string // its name, without a directory; its SHA-256, in hex
	*buildinfo.BuildInfo
}

// programsIn returns the Go programs in a .tar.gz or .zip file, by name.
func programsIn(archive string) ([]program, error) {
	var programs []program
	add := func(name string, r io.Reader) error {
		content, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", archive, name, err)
		}
		if info, err := buildinfo.Read(bytes.NewReader(content)); err == nil { // else it is a text
			sum := sha256.Sum256(content)
			programs = append(programs, program{path.Base(name), hex.EncodeToString(sum[:]), info})
		}
		return nil
	}
	walk := walkTar
	if strings.HasSuffix(archive, ".zip") {
		walk = walkZip
	}
	if err := walk(archive, add); err != nil {
		return nil, err
	}
	if len(programs) == 0 {
		return nil, fmt.Errorf("%s contains no Go program", archive)
	}
	slices.SortFunc(programs, func(a, b program) int { return cmp.Compare(a.file, b.file) })
	return programs, nil
}

// walkTar calls visit for each file in a .tar.gz file.
func walkTar(archive string, visit func(name string, r io.Reader) error) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", archive, err)
		}
		if err := visit(header.Name, files); err != nil {
			return err
		}
	}
}

// walkZip calls visit for each file in a .zip file.
func walkZip(archive string, visit func(name string, r io.Reader) error) error {
	files, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	defer files.Close()
	for _, file := range files.File {
		r, err := file.Open()
		if err != nil {
			return fmt.Errorf("%s: %s: %w", archive, file.Name, err)
		}
		err = visit(file.Name, r)
		_ = r.Close() // nothing was written
		if err != nil {
			return err
		}
	}
	return nil
}
