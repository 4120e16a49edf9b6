using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>The output of a job that the box kept.</summary>
internal static class JobOutput
{
    /// <summary>Prints the output of a job to the same stream of the client.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="job">An ended job.</param>
    /// <param name="isError">True for standard error, false for standard output.</param>
    public static async Task PrintAsync(Invocation invocation, Job job, bool isError)
    {
        var bytes = Decode(job, isError);
        await (isError ? ConsoleOutput.WriteErrorAsync(bytes, invocation.Stop) : invocation.Console.WriteAsync(bytes, invocation.Stop));
        PrintTruncated(invocation, job, isError);
    }

    /// <summary>The output of a job; empty if nothing was kept.</summary>
    /// <exception cref="CommandFailedException">The output is not base64.</exception>
    public static byte[] Decode(Job job, bool isError)
    {
        try
        {
            return Convert.FromBase64String((isError ? job.Status.StderrData : job.Status.StdoutData) ?? "");
        }
        catch (FormatException)
        {
            throw new CommandFailedException($"job '{job.Id}': its {(isError ? "stderr_data" : "stdout_data")} is not base64");
        }
    }

    /// <summary>Warns if a part of an output is missing.</summary>
    public static void PrintTruncated(Invocation invocation, Job job, bool isError)
    {
        if ((isError ? job.Status.StderrTruncated : job.Status.StdoutTruncated) is true)
        {
            var stream = isError ? "stderr" : "stdout";
            invocation.Console.Warn(
                $"job '{job.Id}': a part of its {stream} is missing: over the pool's output_limit, or lost on its node");
        }
    }
}
