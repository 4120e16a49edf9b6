namespace MeeseeksBox.EndToEnd.Cluster;

/// <summary>The classes that share one <see cref="SmallTree"/>.</summary>
[CollectionDefinition(nameof(SmallTree))]
public sealed class SmallTreeCollection : ICollectionFixture<SmallTree>;
