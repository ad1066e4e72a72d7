package serve

import (
	"errors"
	"fmt"
)

func mkfifo(path string) error {
	return fmt.Errorf("%s: a named pipe: %w", path, errors.ErrUnsupported)
}
