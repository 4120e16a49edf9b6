using MeeseeksBox.CommandLine.Commands;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Submitting;

/// <summary>What a job printed and the box kept.</summary>
internal static class JobOutput
{
    /// <summary>Prints it to the stream of the same name.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="job">The job, ended.</param>
    /// <param name="isError">Whether standard error is meant.</param>
    public static async Task PrintAsync(Invocation invocation, Job job, bool isError)
    {
        var bytes = Decode(job, isError);
        await (isError ? ConsoleOutput.WriteErrorAsync(bytes, invocation.Stop) : invocation.Console.WriteAsync(bytes, invocation.Stop));
        PrintTruncated(invocation, job, isError);
    }

    /// <summary>The bytes that a job printed; none when nothing was kept.</summary>
    /// <exception cref="CommandFailedException">They cannot be read.</exception>
    public static byte[] Decode(Job job, bool isError)
    {
        try
        {
            return Convert.FromBase64String((isError ? job.StderrData : job.StdoutData) ?? "");
        }
        catch (FormatException)
        {
            throw new CommandFailedException($"job '{job.Id}': its {(isError ? "stderr_data" : "stdout_data")} is not base64");
        }
    }

    /// <summary>Says when the middle of an output is missing.</summary>
    public static void PrintTruncated(Invocation invocation, Job job, bool isError)
    {
        if ((isError ? job.StderrTruncated : job.StdoutTruncated) is true)
        {
            invocation.Console.Warn($"job '{job.Id}': the middle of its {(isError ? "stderr" : "stdout")} is missing, it was over the pool's output_limit");
        }
    }
}
