using MeeseeksBox.Core.Replication;

namespace MeeseeksBox.Agent.Links;

/// <summary>A failure of the connection of a link; the message is the cause, for the log.</summary>
/// <param name="message">The cause.</param>
/// <param name="fault">The exception that is a fault of this program; null for a failure of the peer or the network.</param>
internal sealed class LinkException(string message, Exception? fault = null) : Exception(message, fault)
{
    /// <summary>A failure that a link found in the reply of its peer.</summary>
    public LinkException(LinkFailure failure)
        : this(failure.Reason) => IsMisconfiguration = failure.IsMisconfiguration;

    /// <summary>True when only a person can mend it.</summary>
    public bool IsMisconfiguration { get; }

    /// <summary>A failure by a fault of this program.</summary>
    public static LinkException Internal(Exception fault) =>
        new($"internal error; please report it: {fault.GetType().Name}: {fault.Message}", fault);
}
