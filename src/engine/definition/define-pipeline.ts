import type {
  ColumnDefinition,
  DeliveryDefinition,
  EntityDefinition,
  FeedDefinition,
  PartitionDefinition,
  PipelineDefinition,
  RowRuleDefinition,
  SurrogateDefinition,
  VaultDefinition,
} from './types.js';

/**
 * A definition, checked by the compiler: for authors of definitions in TypeScript. Names that stand for a part of the definition are
 * checked against its parts, so that a misspelt entity or hub is an error in the editor. What a compiler can't know (columns of the
 * right feed, sizes, patterns) `strata` checks before anything runs.
 * `never` says that a definition without hubs or links has no name to refer to.
 */
export function definePipeline<
  Feed extends string,
  Column extends string,
  Entity extends string,
  Hub extends string = never,
  Link extends string = never,
>(definition: NamedPipeline<Feed, Column, Entity, Hub, Link>): PipelineDefinition {
  return definition;
}

/** A definition whose parts have these names. `NoInfer` marks the places that refer to a part: they do not make a name. */
export type NamedPipeline<
  Feed extends string,
  Column extends string,
  Entity extends string,
  Hub extends string,
  Link extends string,
> = With<
  PipelineDefinition,
  {
    readonly feeds: readonly With<
      FeedDefinition,
      {
        readonly name: Feed;
        readonly columns: readonly With<ColumnDefinition, { readonly name: Column }>[];
        readonly partition?: (PartitionDefinition & { readonly column: Column }) | undefined;
        readonly delivery?: NamedDelivery<Column> | undefined;
        readonly rules?:
          | readonly With<RowRuleDefinition, { readonly column: NoInfer<Column>; readonly equals: { readonly filled: NoInfer<Column> } }>[]
          | undefined;
      }
    >[];
    readonly entities: readonly With<
      EntityDefinition,
      {
        readonly name: Entity;
        readonly key?: readonly NoInfer<Column>[] | undefined;
        readonly values: readonly NoInfer<Column>[];
        readonly cell?: NoInfer<Column> | undefined;
        readonly order?: readonly NoInfer<Column>[] | undefined;
        readonly indexes?: readonly (readonly NoInfer<Column>[])[] | undefined;
        readonly from: readonly EntitySource<Feed, Column>[];
      }
    >[];
    readonly surrogates: readonly With<SurrogateDefinition, From<Column, Entity>>[];
    readonly vault: NamedVault<Column, Entity, Hub, Link>;
  }
>;

type NamedDelivery<Column extends string> =
  | Exclude<DeliveryDefinition, { readonly kind: 'tombstones' }>
  | With<Extract<DeliveryDefinition, { readonly kind: 'tombstones' }>, { readonly column: NoInfer<Column> }>;

interface EntitySource<Feed extends string, Column extends string> {
  readonly feed: NoInfer<Feed>;
  readonly where?: { readonly filled: NoInfer<Column> } | undefined;
  readonly set?: { readonly [Name in NoInfer<Column>]?: string } | undefined;
}

interface NamedVault<Column extends string, Entity extends string, Hub extends string, Link extends string> {
  readonly hubs: readonly With<VaultDefinition['hubs'][number], { readonly name: Hub } & From<Column, Entity>>[];
  readonly links: readonly With<
    VaultDefinition['links'][number],
    {
      readonly name: Link;
      readonly entity: NoInfer<Entity>;
      readonly hubs: readonly HubReference<Column, Hub>[];
      readonly dependent?: readonly NoInfer<Column>[] | undefined;
      readonly driving?: readonly NoInfer<Hub>[] | undefined;
    }
  >[];
  readonly satellites: readonly With<
    VaultDefinition['satellites'][number],
    {
      readonly entity: NoInfer<Entity>;
      readonly parent: HubReference<Column, Hub> | { readonly link: NoInfer<Link> };
      readonly columns: readonly NoInfer<Column>[];
    }
  >[];
}

interface From<Column extends string, Entity extends string> {
  readonly from: readonly { readonly entity: NoInfer<Entity>; readonly column: NoInfer<Column> }[];
}

interface HubReference<Column extends string, Hub extends string> {
  readonly hub: NoInfer<Hub>;
  readonly column: NoInfer<Column>;
}

/** The type with some of its properties narrowed. */
type With<Type, Narrowed> = Omit<Type, keyof Narrowed> & Narrowed;
