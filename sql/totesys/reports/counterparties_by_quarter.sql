-- report: Counterparties by quarter
-- What was sold to each counterparty, bought from it, paid and still open in each quarter and currency, ranked by what was sold.
-- filters: date_from, date_to
with sold as (
  select o.counterparty_id, o.currency_id, d.year, d.quarter, sum(o.units_sold * o.unit_price) as amount
  from bus.current_sales_order o
  join bus.dim_date d on d.date_id = o.created_date
  where true
    [[ and o.created_date >= {{date_from}} ]]
    [[ and o.created_date <= {{date_to}} ]]
  group by o.counterparty_id, o.currency_id, d.year, d.quarter
),
bought as (
  select o.counterparty_id, o.currency_id, d.year, d.quarter, sum(o.item_quantity * o.item_unit_price) as amount
  from bus.current_purchase_orders o
  join bus.dim_date d on d.date_id = o.created_date
  where true
    [[ and o.created_date >= {{date_from}} ]]
    [[ and o.created_date <= {{date_to}} ]]
  group by o.counterparty_id, o.currency_id, d.year, d.quarter
),
payments as (
  select
    p.counterparty_id,
    p.currency_id,
    d.year,
    d.quarter,
    sum(if(p.paid, p.payment_amount, 0)) as paid,
    sum(if(p.paid, 0, p.payment_amount)) as still_open
  from bus.current_payment p
  join bus.dim_date d on d.date_id = p.created_date
  where true
    [[ and p.created_date >= {{date_from}} ]]
    [[ and p.created_date <= {{date_to}} ]]
  group by p.counterparty_id, p.currency_id, d.year, d.quarter
),
amounts as (
  select counterparty_id, currency_id, year, quarter, amount as sold, 0 as bought, 0 as paid, 0 as still_open from sold
  union all
  select counterparty_id, currency_id, year, quarter, 0, amount, 0, 0 from bought
  union all
  select counterparty_id, currency_id, year, quarter, 0, 0, paid, still_open from payments
),
totals as (
  select
    a.counterparty_id,
    a.currency_id,
    a.year,
    a.quarter,
    sum(a.sold) as sold,
    sum(a.bought) as bought,
    sum(a.paid) as paid,
    sum(a.still_open) as still_open
  from amounts a
  group by a.counterparty_id, a.currency_id, a.year, a.quarter
)
select
  t.year,
  t.quarter,
  c.currency_code,
  rank() over (partition by t.year, t.quarter, t.currency_id order by t.sold desc) as place,
  t.counterparty_id,
  k.counterparty_legal_name,
  t.sold,
  t.bought,
  t.paid,
  t.still_open
from totals t
left join bus.dim_counterparty k on k.counterparty_id = t.counterparty_id
left join bus.dim_currency c on c.currency_id = t.currency_id
order by t.year, t.quarter, c.currency_code, place, t.counterparty_id
