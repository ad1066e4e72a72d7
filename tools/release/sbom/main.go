// Command sbom writes the software bill of materials of an archive of a release: which programs it contains, and which
// versions of which modules are linked into them. All of it comes from the archive itself and from NOTICE.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"

	"github.com/CycloneDX/cyclonedx-go"

	"glomers/internal/notice"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("sbom: ")
	if len(os.Args) != 3 {
		log.Fatal("want an archive, and the file to write")
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func write(archive, document string) error {
	programs, err := programsIn(archive)
	if err != nil {
		return err
	}
	bill, err := compose(programs, licencesIn(notice.Text))
	if err != nil {
		return fmt.Errorf("%s: %w", archive, err)
	}
	var b bytes.Buffer
	if err := cyclonedx.NewBOMEncoder(&b, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).Encode(bill); err != nil {
		return err
	}
	return os.WriteFile(document, b.Bytes(), 0o644)
}
