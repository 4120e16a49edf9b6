using System.Runtime.CompilerServices;
using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.Requests;

/// <summary>State of one client connection.</summary>
/// <param name="access">Returns what <c>listen.allow</c> grants to the client now.</param>
/// <param name="rights">Its rights with a grant.</param>
internal sealed class Session(Func<Access> access, Func<Access, ClientRights> rights)
{
    // In bytes. A checksum in place of a smaller one saves little.
    private const long LargeSpec = 1024;

    // Large ones that were received from the client, or sent to it.
    private readonly ConditionalWeakTable<JobSpec, Session> _specs = [];

    private (Access Access, ClientRights Rights)? _rights;

    /// <summary>Whether <see cref="Rights"/> answers without a look-up of users, which may take long.</summary>
    public bool AreRightsKnown => _rights is { } known && known.Access == access();

    /// <summary>The current rights of the client.</summary>
    public ClientRights Rights
    {
        get
        {
            var granted = access();
            if (_rights is not { } known || known.Access != granted)
                _rights = known = (granted, rights(granted));
            return known.Rights;
        }
    }

    /// <summary>True for an upstream node, after its first <c>sync</c>.</summary>
    public bool IsUpstream { get; set; }

    /// <summary>True for an upstream node that accepts the status of this node as a lease on its jobs.</summary>
    public bool AcceptsLease { get; set; }

    /// <summary>True when the client has changed jobs since its last answer.</summary>
    public bool HasChanged { get; set; }

    /// <summary>True when one of these changes must be on disk before the answer, which has no warning of the disk.</summary>
    public bool MustBeSaved { get; set; }

    /// <summary>The latest number of change at the last request for pieces from the beginning.</summary>
    /// <remarks>The client has live copies of no job that was removed before.</remarks>
    public long FirstPieceSeq { get; set; }

    /// <summary>The last job of the last piece that was sent, when there are further ones.</summary>
    public Job? LastOfPiece { get; set; }

    /// <summary>True when the client has a large spec already; it gets the spec now otherwise.</summary>
    public bool HasSpec(JobSpec spec)
    {
        if (_specs.TryGetValue(spec, out _))
            return true;

        NoteSpec(spec);
        return false;
    }

    /// <summary>Records that the client has a spec, if it is a large one.</summary>
    public void NoteSpec(JobSpec spec)
    {
        if (ApproximateSize.Of(spec) >= LargeSpec)
            _specs.AddOrUpdate(spec, this);
    }

    /// <summary>The number of change up to which the client has received all changes.</summary>
    public long SentSeq { get; set; }
}
