// Package guard makes sure that processes do not outlive the process that started them.
package guard

import "errors"

// ErrGuard is wrapped by the errors of Start that do not come from the command.
var ErrGuard = errors.New("guard: cannot see to it that what is started ends with this process")
