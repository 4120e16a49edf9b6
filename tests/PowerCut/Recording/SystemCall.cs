namespace MeeseeksBox.PowerCut.Recording;

/// <summary>The begin or the end of a system call. A call without a pause of its thread is both in one.</summary>
/// <param name="Thread">The id of the thread.</param>
/// <param name="Name">The name of the call: <c>fsync</c>.</param>
/// <param name="Arguments">Its arguments, as strace writes them. At the end of a call, all that are known.</param>
/// <param name="IsBegin">Whether the call begins here.</param>
/// <param name="Result">What it returned; null where it does not end here.</param>
internal sealed record SystemCall(int Thread, string Name, IReadOnlyList<string> Arguments, bool IsBegin, long? Result)
{
    /// <summary>What is behind the result: the path of a new descriptor.</summary>
    public string? ResultPath { get; init; }

    /// <summary>Whether the call has ended, and has done what was asked.</summary>
    public bool HasSucceeded => Result >= 0;
}
