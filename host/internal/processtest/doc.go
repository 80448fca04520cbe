// Package processtest lets tests run processes: one without the rights of whoever runs the tests, one that is killed in the
// middle of something, one that finds the disk full. Such a process is the test binary itself, which learns from its
// environment, in the package's TestMain, what it is to do.
package processtest
