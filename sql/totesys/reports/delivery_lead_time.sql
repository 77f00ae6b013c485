-- report: From order to delivery
-- Days between sales orders and their agreed deliveries, by the month of the order and the country of the delivery.
-- filters: date_from, date_to
select
  d.year,
  d.month,
  l.country,
  count(*) as orders,
  min(datediff(o.agreed_delivery_date, o.created_date)) as shortest_days,
  round(avg(datediff(o.agreed_delivery_date, o.created_date)), 2) as average_days,
  max(datediff(o.agreed_delivery_date, o.created_date)) as longest_days
from bus.current_sales_order o
join bus.dim_date d on d.date_id = o.created_date
left join bus.dim_location l on l.location_id = o.agreed_delivery_location_id
where o.agreed_delivery_date is not null
  [[ and o.created_date >= {{date_from}} ]]
  [[ and o.created_date <= {{date_to}} ]]
group by d.year, d.month, l.country
order by d.year, d.month, l.country
