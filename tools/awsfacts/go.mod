// The tool that reads partitions and regions out of the AWS SDK, a module of its own like the linters:
// neither embedders nor the command ever see the SDK.
module github.com/bailiwick-dev/bailiwick/tools/awsfacts

go 1.26.0
