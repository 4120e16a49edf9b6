using Xunit.Sdk;
using Xunit.v3;

// The tests mostly wait for other processes, so many more of them than cores may run at once.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 12)]
