-- report: Revenue by currency and month
-- What the newest versions of sales orders come to, by the month of the order and its currency, and in GBP by the rate of the order's day.
-- A day without rates has those of the last day before it. Before the first rates there are none: such orders are counted, and are no part of revenue_gbp.
-- filters: date_from, date_to
select
  d.year,
  d.month,
  d.month_name,
  s.currency_code,
  count(*) as orders,
  sum(s.units_sold) as units_sold,
  sum(s.revenue) as revenue,
  round(sum(cast(s.revenue as decimal(30, 10)) / s.rate), 2) as revenue_gbp,
  sum(s.rate is null) as orders_without_rate
from (
  select
    o.created_date,
    o.units_sold,
    o.units_sold * o.unit_price as revenue,
    c.currency_code,
    case
      when c.currency_code = 'GBP' then 1
      else (
        select nullif(r.rate, 0)
        from bus.fx_rates r
        where r.base = 'GBP' and r.currency = c.currency_code and r.date <= o.created_date
        order by r.date desc
        limit 1
      )
    end as rate
  from bus.current_sales_order o
  left join bus.dim_currency c on c.currency_id = o.currency_id
  where true
    [[ and o.created_date >= {{date_from}} ]]
    [[ and o.created_date <= {{date_to}} ]]
) s
join bus.dim_date d on d.date_id = s.created_date
group by d.year, d.month, d.month_name, s.currency_code
order by d.year, d.month, s.currency_code
